// Writes a PNG file anew with another encoder: `node encode.mjs ENCODER FILE...`, in place.
import fs from 'node:fs';
import { ImageTransformer } from '@julusian/image-rs';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import UPNG from 'upng-js';

const [encoder, ...files] = process.argv.slice(2);
for (const file of files) {
  const bytes = fs.readFileSync(file);
  const read = () => PNG.sync.read(bytes);
  let made;
  if (encoder === 'sharp') made = await sharp(bytes).png().toBuffer();
  else if (encoder === 'sharp-palette') made = await sharp(bytes).png({ palette: true }).toBuffer();
  else if (encoder === 'sharp-adaptive') made = await sharp(bytes).png({ adaptiveFiltering: true }).toBuffer();
  else if (encoder === 'pngjs') made = PNG.sync.write(read());
  else if (encoder === 'upng') {
    const png = read();
    made = Buffer.from(UPNG.encode([new Uint8Array(png.data).buffer], png.width, png.height, 0));
  } else if (encoder === 'rust') {
    const png = read();
    const image = ImageTransformer.fromBuffer(png.data, png.width, png.height, 'rgba');
    made = (await image.toEncodedImage('png')).buffer;
  } else throw new Error(`there is no ${encoder}`);
  fs.writeFileSync(file, made);
}

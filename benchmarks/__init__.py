"""Speed, memory and size, against a floor and against other tools."""

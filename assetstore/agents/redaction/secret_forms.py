"""Forms of secrets that tell themselves: a prefix that a vendor gives its tokens.

Above each form is where it is from, or one of two public lists, of which facts are
used and no expressions: prefixes, alphabets and lengths. A length is the least that is
seen, and what goes on belongs to the secret: vendors make their tokens longer.

- [rules]: https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
- [detectors]: https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors

A pattern replaces all that it matches, or its group `secret`. Each needs time in
proportion to the text: what repeats without a bound stands last, or cannot be begun
again in its own middle.
"""

import re

# Seen anywhere, as in the middle of a name or behind an escape: nothing else has them.
_ANYWHERE = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    # The key that goes with an id has no prefix: 40 characters behind it, as in CSV.
    "AWS secret key beside its id": (
        r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}"
        r"[\"']?(?:[ \t]{0,4}[,:;|\t ][ \t]{0,4}|[ \t]{0,4}(?:\r?\n|\\{1,4}n)"
        r"[ \t]{0,8})[\"']?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
    ),
    "AWS access key id": r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16,}",
    # https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
    "AWS Bedrock key": r"bedrock-api-key-[A-Za-z0-9+/=]{20,}|ABSK[A-Za-z0-9+/]{100,}=*",
    # https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    "GitHub token": r"gh[opusr]_[A-Za-z0-9_]{36,}(?:\.[A-Za-z0-9_-]{16,}){0,2}",
    # https://github.blog/security/application-security/introducing-fine-grained-personal-access-tokens-for-github/
    "GitHub fine-grained token": r"github_pat_[A-Za-z0-9_]{22,}",
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    "GitLab token": (
        r"gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-"
        r"[A-Za-z0-9_-]{20,}(?:\.[0-9a-z]{2,9}){0,2}"
    ),
    "GitLab runner registration token": r"GR1348941[A-Za-z0-9_-]{20,}",
    # https://docs.slack.dev/authentication/tokens
    "Slack token": r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%-]{10,}",
    "Slack app token": r"xapp-\d-[A-Za-z0-9-]{10,}",
    # https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    "Slack webhook": (
        r"hooks\.slack\.com/(?:services|workflows|triggers)/"
        r"(?P<secret>[A-Za-z0-9_/+-]{20,})"
    ),
    # https://docs.stripe.com/keys
    "Stripe key": r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}",
    # https://docs.stripe.com/webhooks/signature
    "Stripe webhook secret": r"whsec_[A-Za-z0-9+/=]{24,}",
    # https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
    "npm token": r"npm_[A-Za-z0-9]{36,}",
    # https://docs.pypi.org/api/secrets/ (a macaroon begins with AgE)
    "PyPI token": r"pypi-AgE[A-Za-z0-9_-]{40,}",
    # https://docs.digitalocean.com/reference/api/create-personal-access-token/
    "DigitalOcean token": r"do[opr]_v1_[0-9a-f]{64,}",
    # https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    "SendGrid key": r"SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,}",
    # https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
    "Azure account key": (
        r"(?:AccountKey|SharedAccessKey|SharedSecretValue)="
        r"(?P<secret>[A-Za-z0-9+/]{40,}={0,2})"
    ),
    # https://learn.microsoft.com/azure/storage/common/storage-sas-overview
    "Azure shared access signature": (
        r"(?<=[?&;])sig=(?P<secret>[A-Za-z0-9+/%_-]{40,}=?)"
    ),
    # https://discord.com/developers/docs/resources/webhook
    "Discord webhook": (
        r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{1,20}/"
        r"(?P<secret>[A-Za-z0-9_-]{20,})"
    ),
    # [rules]
    "Microsoft Teams webhook": (
        r"webhook\.office\.com/webhookb2/(?P<secret>[A-Za-z0-9/@_-]{36,}"
        r"(?:IncomingWebhook)?[A-Za-z0-9/_-]{0,200})"
    ),
    # https://developer.squareup.com/docs/build-basics/access-tokens
    "Square token": r"sq0[a-z]{3}-[A-Za-z0-9_-]{22,}",
    # https://shopify.dev/docs/apps/build/authentication-authorization
    "Shopify token": r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32,}",
    # https://developers.google.com/identity/protocols/oauth2
    "Google client secret": r"GOCSPX-[A-Za-z0-9_-]{20,}",
    # https://docs.docker.com/security/access-tokens/
    "Docker token": r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
    # https://tailscale.com/kb/1277/key-prefixes
    "Tailscale key": r"tskey-[a-z]+-[A-Za-z0-9_-]{10,}",
    # https://github.com/C2SP/C2SP/blob/main/age.md
    "age key": r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}",
    # https://developer.1password.com/docs/service-accounts/
    "1Password service account": r"ops_eyJ[A-Za-z0-9+/=_-]{100,}",
    # https://supabase.com/docs/guides/api/api-keys
    "Supabase key": r"(?:sbp_|sb_secret_)[A-Za-z0-9_-]{20,}",
    # https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
    "Terraform token": r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}",
    # https://docs.sentry.io/account/auth-tokens/
    "Sentry token": r"sntry[a-z]_[A-Za-z0-9+/=_-]{40,}",
    # https://grafana.com/docs/grafana/latest/administration/service-accounts/
    "Grafana token": r"(?:glsa_[A-Za-z0-9]{32}_|glc_[A-Za-z0-9+/]{32})[A-Za-z0-9+/=]*",
    # https://www.rfc-editor.org/rfc/rfc7468: a key in PEM, in base64 once more
    "private key in base64": (
        r"LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM)[A-Za-z0-9+/]{20,}={0,2}"
        r"(?:(?:\\{1,8}[nr]|\s){1,4}[A-Za-z0-9+/]{40,}={0,2})*"
        r"(?:(?:\\{1,8}[nr]|\s){1,4}[A-Za-z0-9+/]{1,80}={1,2})?"
    ),
    # https://man7.org/linux/man-pages/man5/crypt.5.html
    "hash of a password": (
        r"\$(?:(?:[1567y]|2[abxy]|apr1|gy)\$[A-Za-z0-9./$=]{20,}"
        r"|argon2(?:id|i|d)\$[A-Za-z0-9+/$=,]{30,})"
    ),
    # https://vercel.com/docs/vercel-blob
    "Vercel Blob token": r"vercel_blob_rw_[A-Za-z0-9]{10,}_[A-Za-z0-9]{20,}",
    # https://fly.io/docs/security/tokens/
    "Fly token": r"fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,}={0,3}|fo1_[\w-]{40,}",
    # https://plaid.com/docs/api/tokens/
    "Plaid token": r"access-(?:production|development|sandbox)-[0-9a-f-]{36}",
    # https://docs.openshift.com/container-platform/latest/authentication/
    "OpenShift token": r"sha256~[\w-]{43}",
    # https://packagist.com/docs/
    "Packagist token": r"packagist_[a-z]{3}_[0-9a-f]{40,}",
    # https://www.inngest.com/docs/platform/signing-keys
    "Inngest key": r"signkey-[a-z]{2,12}-[0-9a-f]{32,}",
    # https://developer.maxmind.com/license-key
    "MaxMind key": r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
    # https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
    "New Relic licence": r"[0-9a-f]{36}FFFFNRAL",
    # The rest of this table is from [rules].
    "Airtable token": r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    "Alibaba key id": r"LTAI[A-Za-z0-9]{20}",
    "Brevo key": r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}",
    "Clojars token": r"CLOJARS_[A-Za-z0-9]{60}",
    "Cloudflare origin key": r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}",
    "Dynatrace token": r"dt0c01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}",
    "PlanetScale token": r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,}",
    "Postman key": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    "Atlassian token": r"AT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{24,}",
    "Doppler token": r"dp\.[a-z]{2,5}(?:\.[a-z0-9_-]{2,35})?\.[A-Za-z0-9]{40,}",
    "Heroku key": r"HRKU-AA[A-Za-z0-9_-]{50,}",
    "Linear key": r"lin_(?:api|oauth)_[A-Za-z0-9]{40,}",
    "New Relic key": r"NR(?:AK|II|JS)-[A-Za-z0-9]{19,}",
    "Perplexity key": r"pplx-[A-Za-z0-9]{40,}",
    "RubyGems key": r"rubygems_[0-9a-f]{48}",
}

# Seen only where a word begins, since other words end like them, or since base64 text
# is long enough to have them by chance.
_AT_A_START = {
    # https://platform.claude.com/docs/en/api/overview
    "Anthropic key": r"sk-ant-[A-Za-z0-9_-]{16,}",
    # https://platform.openai.com/docs/api-reference/authentication
    # Others with an API of that form took its prefix, too: OpenRouter, DeepSeek.
    "OpenAI key": (
        r"sk-(?:(?:proj|svcacct|admin|None|or|lf)-[A-Za-z0-9_-]{16,}"
        r"|(?=[A-Za-z_-]{0,100}\d)[A-Za-z0-9_-]{16,})"
    ),
    # https://cloud.google.com/docs/authentication/api-keys
    "Google API key": r"AIza[A-Za-z0-9_-]{35,}",
    # https://developers.google.com/identity/protocols/oauth2
    "Google access token": r"ya29\.[A-Za-z0-9_-]{20,}",
    "Google refresh token": r"1//0[A-Za-z0-9_-]{38,}",
    # https://www.rfc-editor.org/rfc/rfc7519#section-3: objects of JSON in base64url,
    # so that a token begins with eyJ. https://www.rfc-editor.org/rfc/rfc7516 has five
    # parts.
    "JWT": (
        r"eyJ[A-Za-z0-9_-]{8,}+=*\.[A-Za-z0-9_-]{8,}+=*"
        r"(?:\.[A-Za-z0-9_-]*+=*){0,3}"
    ),
    "JWT in base64": r"ZXlK[A-Za-z0-9+/]{40,}={0,2}",
    # https://huggingface.co/docs/hub/security-tokens
    "Hugging Face token": r"(?:hf|api_org)_[A-Za-z0-9]{30,}",
    # https://www.twilio.com/docs/glossary/what-is-a-sid
    "Twilio id or key": r"(?:AC|SK)[0-9a-f]{32}(?![0-9A-Za-z])",
    # https://core.telegram.org/bots/api#authorizing-your-bot
    "Telegram bot token": r"(?:bot)?(?P<secret>\d{8,10}:[A-Za-z0-9_-]{35})(?![\w-])",
    # https://discord.com/developers/docs/reference#authentication
    "Discord bot token": (
        r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"
    ),
    # https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth
    "Mailgun key": (
        r"(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![\w-])"
    ),
    # https://mailchimp.com/developer/marketing/docs/fundamentals/
    "Mailchimp key": r"[0-9a-f]{32}-us[0-9]{1,2}(?![\w-])",
    # https://developer.squareup.com/docs/build-basics/access-tokens
    "Square access token": r"EAAA[A-Za-z0-9_-]{60}(?![\w+-]|/[\w+/]{2})",
    # [rules]
    "Artifactory key": (
        r"(?:AKC[A-Za-z0-9]{10,}|cmVmd[A-Za-z0-9]{59})(?![A-Za-z0-9+=]|/"
        r"[A-Za-z0-9+/]{2})"
    ),
    # https://developer.hashicorp.com/vault/docs/concepts/tokens
    "Vault token": r"hv[bsr]\.[A-Za-z0-9_-]{24,}",
    # [rules]
    "Databricks token": r"dapi[0-9a-f]{32}(?:-\d)?(?![\w-])",
    "Notion token": r"(?:ntn_|secret_)[A-Za-z0-9]{43,}",
    "Pulumi token": r"pul-[0-9a-f]{40}",
    # [detectors]
    "Figma token": r"fig[a-z]{1,2}_[A-Za-z0-9_-]{40,}",
    "Groq key": r"gsk_[A-Za-z0-9]{40,}",
    "LangSmith key": r"lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}",
    "Replicate token": r"r8_[A-Za-z0-9_-]{37}",
    "xAI key": r"xai-[A-Za-z0-9_]{70,}",
    # https://learn.microsoft.com/purview/sit-defn-client-secret-api-key
    "Microsoft Entra client secret": (
        r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~-]|\.\w)"
    ),
    # https://the.earth.li/~sgtatham/putty/0.83/htmldoc/AppendixC.html
    "PuTTY key": r"Private-Lines: \d+(?:\s{1,4}[A-Za-z0-9+/=]{16,64})+",
}

# Short names in front of an underscore or a dash; each with where it is from.
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MIXED = r"(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z]*\d)[A-Za-z0-9]"
_AT_A_START |= {
    # https://github.com/microsoft/security-utilities: a mark near the end, by service
    "Azure key with a mark": (
        r"(?:[A-Za-z0-9+/]{76}(?:\+ASt|\+ABa|\+AMC|ACDb)"
        r"[A-Za-z0-9+/]{6}==|[A-Za-z0-9+/]{33}(?:\+ASb|\+AEh|\+ARm|AIoT|APIM|AzFu|AzCa"
        r"|\+ACR)[A-Za-z0-9+/]{5,6}=|[A-Za-z0-9]{52}JQQJ99[A-Z0-9]{4}"
        r"[A-Za-z0-9]{16,26})"
    ),
    # https://platform.openai.com/docs/
    "OpenAI session": r"sess-[A-Za-z0-9]{40}",
    # https://cloud.google.com/docs/authentication/api-keys
    "Google API key of 2025": r"AQ\.Ab[A-Za-z0-9_-]{40,}",
    # https://doc.rust-lang.org/cargo/reference/registry-authentication.html
    "crates.io token": r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9_])",
    # https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys
    "NuGet key": r"oy2[a-z0-9]{43}(?![A-Za-z0-9_])",
    # https://resend.com/docs/
    "Resend key": r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}",
    # https://discord.com/developers/docs/reference#authentication
    "Discord MFA token": r"mfa\.[A-Za-z0-9_-]{80,}",
    # https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
    "Databricks secret": r"dose[0-9a-f]{32}(?![\w-])",
    # https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
    "Cloudflare token": r"cf(?:ut|at|k)_[A-Za-z0-9]{40,}",
    # https://vercel.com/docs/rest-api
    "Vercel token": r"vc[piark]_[A-Za-z0-9]{24,}",
    # https://docs.datadoghq.com/account_management/api-app-keys/
    "Datadog key": r"dda(?:p|t)_[A-Za-z0-9]{30,}",
    # https://neon.com/docs/manage/api-keys
    "Neon key": r"napi_[a-z0-9]{40,}|npg_[A-Za-z0-9]{12,}",
    # https://render.com/docs/api
    "Render key": r"rnd_[A-Za-z0-9]{28,}",
    # https://docs.netlify.com/api/
    "Netlify token": r"nf[a-z]_[A-Za-z0-9]{36,}",
    # https://docs.fireworks.ai/ https://docs.together.ai/ https://inference-docs.cerebras.ai/
    "Fireworks key": rf"fw_{_MIXED}{{22,}}",
    "Together key": r"tgp_v1_[A-Za-z0-9_-]{40,}",
    "Cerebras key": r"csk-[a-z0-9]{40,}",
    # https://docs.nvidia.com/nim/
    "NVIDIA key": r"nvapi-[A-Za-z0-9_-]{60,}",
    # https://elevenlabs.io/docs/api-reference/authentication
    "ElevenLabs key": r"sk_[0-9a-f]{40,}",
    # https://docs.pinecone.io/guides/projects/manage-api-keys
    "Pinecone key": r"pcsk_[A-Za-z0-9]{5,8}_[A-Za-z0-9]{50,}",
    # https://docs.tavily.com/ https://docs.firecrawl.dev/
    "Tavily key": r"tvly-(?:[a-z]{2,6}-)?[A-Za-z0-9]{30,}",
    "Firecrawl key": r"fc-[0-9a-f]{32}(?![\w-])",
    # https://modal.com/docs/reference/cli/token https://docs.voyageai.com/
    "Modal token": rf"a[ks]-{_MIXED}{{22}}(?![\w-])",
    "Voyage key": r"pa-(?=[\w-]*[A-Z])[A-Za-z0-9_-]{43}(?![\w-])",
    # https://docs.cursor.com/
    "Cursor key": r"key_[0-9a-f]{64}",
    # https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token
    "Sourcegraph and Segment token": (
        r"sgp_(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}|sgp_[A-Za-z0-9]{60,}"
    ),
    # https://developers.asana.com/docs/personal-access-token
    "Asana token": r"\d/\d{13,17}/\d{13,17}:[0-9a-f]{32}",
    # https://developer.clickup.com/docs/authentication
    "ClickUp token": r"pk_\d{6,12}_[A-Z0-9]{32}",
    # https://www.contentful.com/developers/docs/references/authentication/
    "Contentful token": r"CFPAT-[A-Za-z0-9_-]{40,}",
    # https://developers.hubspot.com/docs/apps/legacy-apps/private-apps
    # https://launchdarkly.com/docs/home/account/environment/keys
    "HubSpot or LaunchDarkly key": rf"(?:pat-(?:na|eu|ap)\d|sdk|api|mob)-{_UUID}",
    # https://www.typeform.com/developers/get-started/personal-access-token/
    "Typeform token": r"tfp_[A-Za-z0-9_-]{40,}",
    # https://developers.dropbox.com/oauth-guide
    "Dropbox token": r"sl\.(?:u\.)?[A-Za-z0-9_-]{100,}",
    "Grafana key": r"eyJrIjoi[A-Za-z0-9+/]{60,}={0,3}",
    # https://docs.honeycomb.io/configure/environments/manage-api-keys/
    "Honeycomb key": r"hc[abxlmoi]{2}[kc]_[a-z0-9]{40,}",
    # https://posthog.com/docs/api
    "PostHog key": r"ph[xs]_[A-Za-z0-9]{40,}",
    # https://docs.snyk.io/snyk-api/authentication-for-api
    "Snyk token": r"snyk_[a-z]{3}\.[0-9a-f]{8}\.[A-Za-z0-9_-]{40,}",
    # https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/
    "SonarQube token": r"sq[apu]_[0-9a-f]{40}",
    # https://buildkite.com/docs/apis/managing-api-tokens
    "Buildkite token": r"bk[a-z]{2}_[0-9a-f]{40}",
    # https://circleci.com/docs/managing-api-tokens/
    "CircleCI token": r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,}_[0-9a-f]{40}",
    # https://ngrok.com/docs/agent/#authtokens
    "ngrok token": rf"[123]{_MIXED}{{26}}_[A-Za-z0-9]{{20,22}}(?!\w)",
    # https://api.slack.com/ and others of [rules]
    "Infracost key": r"ico-[A-Za-z0-9]{32}(?!\w)",
    "Harness token": r"(?:pat|sat)\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}",
    "Octopus key": r"API-[A-Z0-9]{26,30}(?!\w)",
    "Prefect key": r"pn[ub]_[A-Za-z0-9]{36}",
    "ReadMe key": r"rdme_[a-z0-9]{70}",
    "Shippo token": r"shippo_(?:live|test)_[0-9a-fA-F]{40}",
    "EasyPost key": r"EZ[AT]K[A-Za-z0-9]{54}",
    "Duffel token": r"duffel_(?:live|test)_[A-Za-z0-9_=-]{43}",
    "Flutterwave key": r"FLW(?:SEC|PUB)K(?:_TEST)?-[0-9a-zA-Z]{32}-X",
    "Facebook token": r"EAA[A-Z][A-Za-z0-9]{100,}",
    "Adobe secret": r"p8e-[A-Za-z0-9]{32}",
    "Frame.io token": r"fio-u-[A-Za-z0-9_=-]{60,}",
    "ClickHouse key": r"4b1d(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{38}(?!\w)",
    "Scalingo token": r"tk-us-[\w-]{48}",
    "old Vault token": (
        r"s\.(?=[A-Za-z]*\d[A-Za-z]*\d)(?=[a-z\d]*[A-Z])[A-Za-z0-9]{24}(?![\w.(])"
    ),
    # https://www.tencentcloud.com/document/product/598
    "Tencent key id": r"AKID[A-Za-z0-9]{32}(?!\w)",
    # https://docs.digitalocean.com/products/spaces/how-to/manage-access/
    "DigitalOcean Spaces key": r"DO00(?=[A-Z]*\d)[A-Z0-9]{16}(?!\w)",
    # https://support.1password.com/secret-key-security/
    "1Password secret key": (
        r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{6}-[A-Z0-9]{5}|[A-Z0-9]{11})(?:-[A-Z0-9]{5}){3}"
    ),
    # https://docs.n8n.io/api/authentication/
    "n8n key": r"n8n_api_[A-Za-z0-9]{40,}",
    # https://trigger.dev/docs/apikeys https://e2b.dev/docs https://www.daytona.io/docs
    "Trigger.dev key": r"tr_(?:prod|dev|stg|preview)_[A-Za-z0-9]{20,}",
    "E2B key": r"e2b_[0-9a-f]{40}",
    "Daytona key": r"dtn_[0-9a-f]{64}",
    # https://docs.convex.dev/cli/deploy-key-types
    "Convex key": r"(?:prod|dev|preview|project):[\w:-]{3,60}\|[A-Za-z0-9+/=]{40,}",
    # https://docs.apify.com/platform/integrations/api https://docs.browserbase.com/
    "Apify token": r"apify_api_[A-Za-z0-9]{30,}",
    "Browserbase key": r"bb_(?:live|test)_[A-Za-z0-9_-]{20,}",
}

# A word also begins behind an escape in JSON: \nsk-ant-...
# Or behind a colour: ESC [ 1 m.
_START = (
    r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=\[\dm)|(?<=\[\d\dm)|(?<=;\dm)|(?<=;\d\dm))"
)

FORMS = {
    **{name: re.compile(form) for name, form in _ANYWHERE.items()},
    **{name: re.compile(_START + f"(?:{form})") for name, form in _AT_A_START.items()},
}
# The same in fewer passes: those that are a secret as a whole and begin where a word
# does, as one, since each begins with other letters.
_WHOLE = [form for form in _AT_A_START.values() if "(?P<" not in form]
_APART = [name for name, form in FORMS.items() if "(?P<" in form.pattern]
PASSES = {
    **{name: FORMS[name] for name in _APART},
    "form of a token": re.compile(_START + f"(?:{'|'.join(_WHOLE)})"),
    **{name: FORMS[name] for name in _ANYWHERE if name not in _APART},
}

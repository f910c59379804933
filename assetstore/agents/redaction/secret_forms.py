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
        r"[\"']?[ \t]{0,4}[,:;|\t ][ \t]{0,4}[\"']?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
    ),
    "AWS access key id": r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16,}",
    # https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
    "AWS Bedrock key": r"bedrock-api-key-[A-Za-z0-9+/=]{20,}",
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
    "Square access token": r"EAAA[A-Za-z0-9_-]{60}(?![\w+/-])",
    # [rules]
    "Artifactory key": (
        r"(?:AKC[A-Za-z0-9]{10,}|cmVmd[A-Za-z0-9]{59})(?![A-Za-z0-9+/=])"
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
        r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])"
    ),
    # https://the.earth.li/~sgtatham/putty/0.83/htmldoc/AppendixC.html
    "PuTTY key": r"Private-Lines: \d+(?:\s{1,4}[A-Za-z0-9+/=]{16,64})+",
}

# A word also begins behind an escape in JSON: \nsk-ant-...
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"

FORMS = {
    **{name: re.compile(form) for name, form in _ANYWHERE.items()},
    **{name: re.compile(_START + f"(?:{form})") for name, form in _AT_A_START.items()},
}

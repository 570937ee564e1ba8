"""OpenID Connect Core 1.0 and OAuth 2.1 as a provider: addresses, parameters, answers. Decisions stand in
`rules.openid`, what is written in `actions.tokens`, `actions.consents` and `actions.app_sign_ons`."""

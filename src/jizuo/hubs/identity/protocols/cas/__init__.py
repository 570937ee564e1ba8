"""CAS Protocol 3.0 as a server: addresses, parameters, answers. Which addresses are services stands in `rules.cas`, tickets
in `actions.sign_on_tickets`; the sign-on, consent and what is told about a person are those of OpenID."""

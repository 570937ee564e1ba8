"""The plain recipe that most school applications speak: an app id and a secret, a ticket in the address, one call between
servers. It has neither PKCE nor a nonce, so it is for applications with a server only."""

# JupyterHub's configuration: it runs this file with `c` at hand. What differs by run comes from the environment.
import os

base, site = os.environ["BASE"], os.environ["SITE"]
c = get_config()  # noqa: F821
c.JupyterHub.bind_url = site
c.JupyterHub.hub_bind_url = os.environ["HUB"]
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.default_url = "/hub/token"
# The test starts and ends the proxy: one that the hub starts outlives a hub that is killed.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ["PROXY_API"]

c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = os.environ["CLIENT_ID"]
c.GenericOAuthenticator.client_secret = os.environ["CLIENT_SECRET"]
c.GenericOAuthenticator.authorize_url = f"{base}/openid/authorize/"
c.GenericOAuthenticator.token_url = f"{base}/openid/token/"
c.GenericOAuthenticator.userdata_url = f"{base}/openid/userinfo/"
c.GenericOAuthenticator.oauth_callback_url = f"{site}/hub/oauth_callback"
back = f"client_id={os.environ['CLIENT_ID']}&post_logout_redirect_uri={site}/hub/login"
c.GenericOAuthenticator.logout_redirect_url = f"{base}/openid/end-session/?{back}"
c.GenericOAuthenticator.basic_auth = True
c.GenericOAuthenticator.scope = ["openid", "profile", "roles"]
c.GenericOAuthenticator.username_claim = "sub"
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user.roles"
c.GenericOAuthenticator.allowed_groups = {"teacher"}
# A service that may read what the hub holds of a person, so that the test can try its token.
c.GenericOAuthenticator.enable_auth_state = True
c.JupyterHub.services = [{"name": "reader", "api_token": os.environ["READER"]}]
c.JupyterHub.load_roles = [
    {"name": "reader", "services": ["reader"], "scopes": ["read:users", "admin:auth_state", "admin:users"]}
]

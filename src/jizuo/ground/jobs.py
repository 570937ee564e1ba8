def on_ready(app):
    pass

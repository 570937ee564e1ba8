"""Reading doors of matters."""

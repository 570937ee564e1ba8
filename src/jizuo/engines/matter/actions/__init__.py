"""Writing doors of matters."""

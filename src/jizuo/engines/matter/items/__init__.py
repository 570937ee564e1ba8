"""Items: the catalogue of services that a family or citizen may ask for, each an ordinary flow with a promise."""

"""Datasets by name: standards, claims, owners, batches and grades; the one import walk. It knows nothing about pupils."""

"""The desk of applications (应用接入): registered, given secrets, watched at their first sign-in, switched off."""

from jizuo.hubs.identity.pages.apps.plate import PAGES

__all__ = ["PAGES"]

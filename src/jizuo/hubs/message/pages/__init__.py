"""The pages of the message hub."""

from jizuo.hubs.message.pages import family, notices, paper, settings, write

PAGES = (*notices.PAGES, *write.PAGES, *paper.PAGES, *family.PAGES, *settings.PAGES)

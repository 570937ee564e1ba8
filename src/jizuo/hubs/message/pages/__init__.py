"""The pages of the message hub."""

from jizuo.hubs.message.pages import family, my_ways, notices, paper, settings, write

PAGES = (*notices.PAGES, *write.PAGES, *paper.PAGES, *family.PAGES, *settings.PAGES, *my_ways.PAGES)

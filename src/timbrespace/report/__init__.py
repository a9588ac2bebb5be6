"""A page to send to a colleague: what a model is, how it sounds, how well it does."""

from timbrespace.report.page import Section
from timbrespace.report.plots import Picture, Sound
from timbrespace.report.report import Extras, report_files, report_page, write_report
from timbrespace.report.sections import dimension_section, exhibit_section

__all__ = [
    "Extras",
    "Picture",
    "Section",
    "Sound",
    "dimension_section",
    "exhibit_section",
    "report_files",
    "report_page",
    "write_report",
]

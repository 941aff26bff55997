"""Uploads for the programs that service.sh starts the service for; it puts this folder on their path."""

import pathlib

DEMO = pathlib.Path("src/main/resources/demo")
CONTENT_TYPE = "multipart/form-data; boundary=part"


def lines(name, rows):
    """The first rows of one of the demo's data sets."""
    return (DEMO / name).read_text().splitlines()[:rows]


def form(name, rows):
    """Body of a POST /v1/files of CONTENT_TYPE, with lines of JSON."""
    content = "\n".join(rows) + "\n"
    return ('--part\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
            f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{content}\r\n--part--\r\n').encode()


def training_file(name, rows):
    """Body of a POST /v1/files with the first rows of one of the demo's data sets."""
    return form(name, lines(name, rows))

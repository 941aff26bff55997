"""Uploads for the programs that service.sh starts the service for; it puts this folder on their path."""

import pathlib

DEMO = pathlib.Path("src/main/resources/demo")
CONTENT_TYPE = "multipart/form-data; boundary=part"


def training_file(name, rows):
    """Body of a POST /v1/files of CONTENT_TYPE, with the first rows of one of the demo's data sets."""
    content = "\n".join((DEMO / name).read_text().splitlines()[:rows]) + "\n"
    return ('--part\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
            f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{content}\r\n--part--\r\n').encode()

"""The platform's flat XML, read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.wechat.errors import LetterRefused

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(data: bytes) -> dict[str, str]:
    """The elements below the root with their texts; what is nested deeper is left out.

    :raises LetterRefused: when it is no XML, or has a document type.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise LetterRefused("no_xml") from None
    return {child.tag: child.text or "" for child in root if isinstance(child.tag, str)}


def write(fields: Mapping[str, str]) -> str:
    """``<xml>`` with each field as CDATA; characters that XML doesn't know are left out."""
    return "<xml>" + "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in fields.items()) + "</xml>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"

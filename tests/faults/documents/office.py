"""Word, Excel and PDF files made by hand, so that anything about them can be wrong."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping

CONTENT_TYPES = '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
TEXT = "2024年海曙区累计建成老年助餐点187个，服务老人52.4万人次。"


def packed(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def paragraph(text: str, style: str = "", run: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r>{f'<w:rPr>{run}</w:rPr>' if run else ''}<w:t>{text}</w:t></w:r></w:p>"


def document(body: str, doctype: str = "") -> str:
    return f"{HEAD}{doctype}<w:document {W}><w:body>{body}</w:body></w:document>"


def docx_parts(body: str = paragraph(TEXT), doctype: str = "") -> dict[str, str | bytes]:
    return {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document(body, doctype)}


def docx(body: str = paragraph(TEXT), **more: str | bytes) -> bytes:
    return packed({**docx_parts(body), **more})


def docx_with(extra: Mapping[str, str | bytes]) -> bytes:
    return packed({**docx_parts(), **extra})


def rels(kind: str, target: str, mode: str = "External") -> str:
    relation = f'<Relationship Id="r1" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'


def xlsx_parts(rows: str, doctype: str = "") -> dict[str, str | bytes]:
    sheet = '<sheet name="助餐" sheetId="1" r:id="r1"/>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = (
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    )
    return {
        "[Content_Types].xml": CONTENT_TYPES.replace("/>", f">{types}</Types>"),
        "_rels/.rels": rels("", "xl/workbook.xml", "Internal").replace(
            "http://x/", f"{office}/officeDocument"
        ),
        "xl/workbook.xml": f"{HEAD}<workbook {S} {R}><sheets>{sheet}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": rels("", "worksheets/sheet1.xml", "Internal").replace(
            "http://x/", f"{office}/worksheet"
        ),
        "xl/worksheets/sheet1.xml": f"{HEAD}{doctype}<worksheet {S}><sheetData>{rows}</sheetData></worksheet>",
    }


def cells(*row: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"


def link(name: str, target: str) -> bytes:
    """A package with a symbolic link in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part, data in docx_parts().items():
            package.writestr(part, data)
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        package.writestr(info, target)
    return out.getvalue()


def flagged(data: bytes, bit: int) -> bytes:
    """Every member with a bit set in its flags, in both places a zip file keeps them."""
    out = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(mark)
        while at >= 0:
            out[at + place] |= bit
            at = out.find(mark, at + 4)
    return bytes(out)


def pdf(*objects: str, trailer: str = "") -> bytes:
    """A file of numbered objects; the first is the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out


def pdf_pages(
    catalogue: str = "", content: str = "BT /F1 12 Tf 72 700 Td (Haishu 2024: 187) Tj ET", **more: str
) -> bytes:
    return pdf(
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        more.get("pages", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} {more.get('filter', '')}>>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        trailer=more.get("trailer", ""),
    )

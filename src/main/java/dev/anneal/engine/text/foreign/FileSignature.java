package dev.anneal.engine.text.foreign;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Recognises files other than UTF-8 text by their first bytes, with which no JSON begins.
 *
 * @param hexadecimal the first bytes
 * @param found description of the file
 * @param remedy how to convert it to rows
 */
public record FileSignature(String hexadecimal, String found, String remedy) {

    private static final List<FileSignature> ALL = List.of(
            new FileSignature(
                    "1f8b", "gzip-compressed data", "decompress it with `gunzip -c data.jsonl.gz > data.jsonl`"),
            new FileSignature(
                    "504b0304",
                    "a ZIP archive, as Excel workbooks are too",
                    "unpack it with `unzip -p data.zip > data.jsonl`, or save a workbook as CSV"),
            new FileSignature(
                    "425a68", "bzip2-compressed data", "decompress it with `bunzip2 -c data.jsonl.bz2 > data.jsonl`"),
            new FileSignature(
                    "fd377a585a00", "xz-compressed data", "decompress it with `xz -dc data.jsonl.xz > data.jsonl`"),
            new FileSignature(
                    "28b52ffd", "zstd-compressed data", "decompress it with `zstd -dc data.jsonl.zst > data.jsonl`"),
            new FileSignature(
                    "50415231",
                    "a Parquet table",
                    "write its rows as JSON with `python3 -c 'import pandas;"
                            + " pandas.read_parquet(\"data.parquet\").to_json(\"data.jsonl\", orient=\"records\","
                            + " lines=True)'`"),
            new FileSignature(
                    "4152524f5731",
                    "an Arrow table",
                    "write its rows as JSON with `python3 -c 'import pandas;"
                            + " pandas.read_feather(\"data.arrow\").to_json(\"data.jsonl\", orient=\"records\","
                            + " lines=True)'`"),
            new FileSignature(
                    "25504446", "a PDF document", "write what is asked and what is answered in it as messages"),
            new FileSignature("fffe0000", "UTF-32 text", decode("UTF-32")),
            new FileSignature("0000feff", "UTF-32 text", decode("UTF-32")),
            new FileSignature("fffe", "UTF-16 text", decode("UTF-16")),
            new FileSignature("feff", "UTF-16 text", decode("UTF-16")),
            new FileSignature("7b00", "UTF-16 text", decode("UTF-16LE")),
            new FileSignature("007b", "UTF-16 text", decode("UTF-16BE")));

    private static final int LONGEST = 8;

    private static String decode(String encoding) {
        return "save the file as UTF-8, or convert it with `iconv -f %s -t UTF-8 data.jsonl > utf8.jsonl`"
                .formatted(encoding);
    }

    /** @param head beginning of a file */
    public static Optional<ForeignFormat> of(byte[] head) {
        String first = HexFormat.of().formatHex(head, 0, Math.min(head.length, LONGEST));
        return ALL.stream()
                .filter(each -> first.startsWith(each.hexadecimal))
                .map(each -> new ForeignFormat(each.found, each.remedy))
                .findFirst();
    }
}

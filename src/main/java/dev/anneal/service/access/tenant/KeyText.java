package dev.anneal.service.access.tenant;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The text of the keys that this service makes: a prefix by which scanners for secrets know them, 30 random characters (178 bits), and
 * six of a checksum of all before, by which a mistyped or invented key is told without asking the database.
 */
final class KeyText {

    /** Keys of projects. */
    static final String PROJECT = "ank_";

    /** Keys of administrators. */
    static final String ADMINISTRATOR = "anka_";

    /** Keys of processes of the installation. */
    static final String SERVICE = "anks_";

    /** How many characters at its end identify a key to its owner. */
    static final int SHOWN = 4;

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_CHARACTERS = 30;
    private static final int CHECKSUM_CHARACTERS = 6;
    private static final Pattern WHOLE = Pattern.compile("(" + PROJECT + "|" + ADMINISTRATOR + "|" + SERVICE
            + ")[0-9A-Za-z]{" + (RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) + "}");

    private KeyText() {}

    /** A new key. */
    static String random(String prefix, SecureRandom random) {
        StringBuilder key = new StringBuilder(prefix);
        for (int i = 0; i < RANDOM_CHARACTERS; i++) {
            key.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return key + checksum(key.toString());
    }

    /** Whether {@code key} has the form of our keys, and their checksum. */
    static boolean isWhole(String key) {
        int end = key.length() - CHECKSUM_CHARACTERS;
        return WHOLE.matcher(key).matches() && key.substring(end).equals(checksum(key.substring(0, end)));
    }

    /** What may be shown of a key. */
    static String redacted(String prefix, String lastFour) {
        return prefix + "..." + lastFour;
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECKSUM_CHARACTERS];
        long rest = crc.getValue();
        for (int i = CHECKSUM_CHARACTERS - 1; i >= 0; i--) {
            digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
            rest /= ALPHABET.length();
        }
        return new String(digits);
    }
}

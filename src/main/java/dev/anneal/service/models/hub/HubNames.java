package dev.anneal.service.models.hub;

import java.util.regex.Pattern;

/** Names of repositories and revisions on the Hub. None of them leads out of its place in an address or a folder. */
public final class HubNames {

    private static final Pattern SHA = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern REVISION =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}");

    private HubNames() {}

    /** Whether a text can be the id of a model, with or without its owner. */
    public static boolean isId(String text) {
        return ModelId.isValid(text) && !text.contains("--") && !text.contains("..");
    }

    /**
     * Whether a text can be a branch, a tag or a commit. Others, such as {@code refs/pr/1}, may hold anybody's
     * proposals.
     */
    public static boolean isRevision(String text) {
        return REVISION.matcher(text).matches()
                && !text.contains("..")
                && !text.startsWith("refs/")
                && !text.endsWith(".lock");
    }

    /** Git's id of a file's content, in hexadecimal digits. */
    public static String gitHash(byte[] content) {
        return HubFile.gitHash(content);
    }

    /** Whether a text can be the id of a commit. */
    static boolean isSha(String text) {
        return SHA.matcher(text).matches();
    }
}

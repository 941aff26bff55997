package dev.anneal.cli;

/** What the command's exit status says; docs/cli.md lists them. */
public final class ExitStatus {

    public static final int OK = 0;
    /** The service refused the request, or a file could not be read or written. */
    public static final int REFUSED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The service does not answer. */
    public static final int UNREACHABLE = 3;
    /** The work that was waited for has failed or was cancelled. */
    public static final int FAILED = 4;

    private ExitStatus() {}
}

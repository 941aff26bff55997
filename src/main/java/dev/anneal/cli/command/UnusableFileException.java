package dev.anneal.cli.command;

/** A file whose rows cannot be trained on; its report has been printed. */
public final class UnusableFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnusableFileException(String path) {
        super(path + " cannot be used as it is");
    }
}

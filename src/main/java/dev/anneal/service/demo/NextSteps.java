package dev.anneal.service.demo;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a demo says in the end: where the console is, and commands that work as they are printed.
 *
 * @param rootUrl address of the service
 * @param command the words that start the command line
 */
record NextSteps(String rootUrl, String command) {

    private static final Path SCRIPT = Path.of("bin/anneal");

    /**
     * @param folder where the service was started
     * @param classPath of the service: the jar, or folders and libraries
     */
    static NextSteps from(Path folder, String classPath, String rootUrl) {
        boolean isJarAlone = classPath.endsWith("anneal.jar") && !Files.isExecutable(folder.resolve(SCRIPT));
        return new NextSteps(rootUrl, isJarAlone ? "java -jar %s cli".formatted(classPath) : SCRIPT.toString());
    }

    /** Address of a path of the API. */
    String api(String path) {
        return rootUrl + "/v1" + path;
    }

    /** A command of this service, whichever one a login names. */
    String anneal(String words) {
        return "%s --url %s %s".formatted(command, rootUrl, words);
    }

    /** @param job what the demo trained */
    String beginning(String job) {
        return """

                The service keeps running at %1$s (stop it with Ctrl-C). To go on:
                  %1$s/#/job/%2$s        # in a browser: the console
                  %3$s""".formatted(rootUrl, job, anneal("jobs show " + job));
    }
}

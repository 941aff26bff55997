package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;

import java.io.PrintWriter;
import tools.jackson.databind.JsonNode;

/** What the service found in a file, for people. */
final class FileReport {

    private FileReport() {}

    /** Whether nothing is known against the file. */
    static boolean isUsable(JsonNode file) {
        return !text(file.path("status")).equals("error");
    }

    static void print(JsonNode file, PrintWriter out) {
        out.println(
                "%s  %s  %s".formatted(text(file.path("id")), text(file.path("filename")), text(file.path("status"))));
        if (!isUsable(file)) {
            out.println(text(file.path("status_details")));
        }
        JsonNode report = file.at("/anneal/validation_report");
        if (!report.isObject()) {
            return;
        }
        out.println("rows of the format '%2$s' that can be used: %1$s of %3$s"
                .formatted(report.path("accepted"), text(report.path("format")), report.path("lines")));
        report.path("first_problems").values().forEach(problem -> out.println(problem(problem)));
        report.path("warnings").values().forEach(warning -> out.println("warning: " + text(warning)));
    }

    private static String problem(JsonNode problem) {
        return "line %s, %s: expected %s, found %s; %s"
                .formatted(
                        problem.path("line"),
                        text(problem.path("path")),
                        text(problem.path("expected")),
                        text(problem.path("found")),
                        text(problem.path("remedy")));
    }
}

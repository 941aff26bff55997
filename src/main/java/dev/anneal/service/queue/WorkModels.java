package dev.anneal.service.queue;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** The column {@code models} of work. */
public final class WorkModels {

    private WorkModels() {}

    /** Names in the format of {@link NewWork#model}. */
    public static List<String> read(ResultSet row) throws SQLException {
        Array names = row.getArray("models");
        return List.of((String[]) names.getArray());
    }

    /** Why work waits if no worker has all of its models. */
    static String missing(List<String> models) {
        String names = models.stream().map(name -> "'" + name + "'").collect(Collectors.joining(" and "));
        return models.size() == 1
                ? "No worker has the base model " + names + "."
                : "No worker has both of the base models " + names + ".";
    }
}

package dev.anneal.service.platform.database;

import java.util.List;

/** Looks for a text in every row of every table. */
public final class StoredText {

    private StoredText() {}

    /** The tables that hold it somewhere. */
    public static List<String> tablesWith(String text) {
        List<String> tables = TestDatabase.administrator()
                .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                .query(String.class)
                .list();
        return tables.stream()
                .filter(table -> TestDatabase.administrator()
                        .sql("SELECT EXISTS (SELECT FROM " + table + " AS held WHERE strpos(held::text, ?) > 0)")
                        .param(text)
                        .query(Boolean.class)
                        .single())
                .toList();
    }
}

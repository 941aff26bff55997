package dev.anneal.service.models.catalog;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.Collection;

/** Guesses which model an unknown name means. */
public final class ModelNames {

    private ModelNames() {}

    /**
     * A sentence with a leading space to append to a refusal of the name; empty if no name is similar. A name without
     * its organisation is recognised.
     *
     * @param visible names that the client may know
     */
    public static String didYouMean(String name, Collection<String> visible) {
        String ending = "/" + name;
        return visible.stream()
                .filter(each -> each.regionMatches(true, each.length() - ending.length(), ending, 0, ending.length()))
                .findFirst()
                .map(Spelling::question)
                .orElseGet(() -> Spelling.didYouMean(name, visible));
    }
}

package dev.anneal.service.models.catalog;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.Collection;

/** Guesses which model is meant by a name that none has. */
public final class ModelNames {

    private ModelNames() {}

    /**
     * The sentence that a refusal of the name goes on with, a space before it; empty if no name is like it. A name without its organisation
     * is understood.
     *
     * @param visible names that whoever asks may know
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

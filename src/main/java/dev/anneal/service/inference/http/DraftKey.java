package dev.anneal.service.inference.http;

import dev.anneal.service.inference.DraftChoice;
import dev.anneal.service.platform.request.StrictObject;

/** Reads {@code anneal.draft} of requests for text: a name, null for no draft, or absent for the model's default. */
final class DraftKey {

    private static final String DRAFT = "draft";

    private DraftKey() {}

    static DraftChoice read(StrictObject request) {
        StrictObject anneal = request.objectOrEmpty("anneal");
        DraftChoice without = anneal.isNull(DRAFT) ? DraftChoice.NONE : DraftChoice.DEFAULT;
        String name = anneal.text(DRAFT);
        anneal.refuseOthers();
        return name == null ? without : DraftChoice.of(name);
    }
}

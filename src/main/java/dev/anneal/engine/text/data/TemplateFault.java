package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.DataException;
import dev.anneal.engine.text.rows.Excerpt;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.RowFault;
import dev.anneal.engine.text.rows.RowRejectedException;
import dev.anneal.engine.text.template.TemplateException;

/** Says to the author of a row why the model's chat template does not render it. */
final class TemplateFault {

    private TemplateFault() {}

    /**
     * @return what is wrong with the row
     * @throws DataException with code {@code base_model_unreadable} if the row has nothing to do with it
     */
    static RowRejectedException rejection(Place place, TemplateException e) {
        Place messages = place.key("messages");
        String found = Excerpt.shorten("%s (line %d of the template)".formatted(e.reason(), e.line()));
        return switch (e.problem()) {
            case RAISED ->
                messages.reject(
                        RowFault.REFUSED_BY_TEMPLATE,
                        "a conversation that the model's chat template accepts",
                        found,
                        "change the conversation, or choose a model whose template takes it");
            case EVALUATION ->
                messages.reject(
                        RowFault.FAILED_IN_TEMPLATE,
                        "a conversation that has what the model's chat template reads",
                        found,
                        "compare the conversation with what the template reads, or choose another model");
            case BUDGET ->
                messages.reject(
                        RowFault.BEYOND_TEMPLATE_LIMITS,
                        "a conversation that the chat template renders within its limits",
                        found,
                        "shorten the conversation");
            case SYNTAX ->
                throw new DataException(DataException.Code.BASE_MODEL_UNREADABLE, String.valueOf(e.getMessage()), e);
        };
    }
}

package dev.anneal.service.notification.webhook;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.List;

/** Converts event types to their names in a {@code text[]}. Unknown names, of another version, are skipped. */
@Converter
final class EventTypesColumn implements AttributeConverter<List<WebhookEventType>, String[]> {

    @Override
    public String[] convertToDatabaseColumn(List<WebhookEventType> types) {
        return types.stream().map(WebhookEventType::wireName).toArray(String[]::new);
    }

    @Override
    public List<WebhookEventType> convertToEntityAttribute(String[] names) {
        return Arrays.stream(names)
                .flatMap(name -> WebhookEventType.named(name).stream())
                .toList();
    }
}

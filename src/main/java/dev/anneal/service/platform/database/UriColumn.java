package dev.anneal.service.platform.database;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Converts addresses to {@code text}. */
@Converter(autoApply = true)
final class UriColumn implements AttributeConverter<URI, String> {

    @Override
    public @Nullable String convertToDatabaseColumn(@Nullable URI address) {
        return address == null ? null : address.toString();
    }

    @Override
    public @Nullable URI convertToEntityAttribute(@Nullable String text) {
        return text == null ? null : URI.create(text);
    }
}

package dev.anneal.service.platform.database;

import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.format.FormatMapper;

/** Fields of entities with {@code @JdbcTypeCode(SqlTypes.JSON)}, read and written as {@link JsonColumn} does. */
final class JsonColumnMapper implements FormatMapper {

    @Override
    public <T> T fromString(CharSequence json, JavaType<T> type, WrapperOptions options) {
        return JsonColumn.read(json.toString(), type.getJavaType());
    }

    @Override
    public <T> String toString(T value, JavaType<T> type, WrapperOptions options) {
        return JsonColumn.write(value);
    }
}

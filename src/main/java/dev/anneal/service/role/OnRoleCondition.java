package dev.anneal.service.role;

import java.util.Objects;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Evaluates {@link ConditionalOnRole}. */
final class OnRoleCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Object wanted = Objects.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnRole.class.getName()))
                .get("value");
        return Role.in(context.getEnvironment()).contains((Role) Objects.requireNonNull(wanted));
    }
}

package dev.anneal.service.training.http;

import dev.anneal.service.training.sharing.Permission;

/** The object {@code checkpoint.permission}. */
record PermissionBody(String id, String object, long createdAt, String projectId) {

    private static final String OBJECT = "checkpoint.permission";

    /** The reply to a deletion. */
    record Deleted(String id, String object, boolean deleted) {

        static Deleted of(String id) {
            return new Deleted(id, OBJECT, true);
        }
    }

    static PermissionBody of(Permission permission) {
        return new PermissionBody(
                permission.id(), OBJECT, permission.createdAt().getEpochSecond(), permission.projectId());
    }
}

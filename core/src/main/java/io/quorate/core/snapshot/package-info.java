// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Content of a snapshot as one stream of bytes: header, sessions, the user's state, with checksums.
 * Where the stream is kept is the business of {@link io.quorate.core.port.SnapshotStore}.
 *
 * <p>Starting points: {@link io.quorate.core.snapshot.SnapshotOutput}, which describes the format,
 * and {@link io.quorate.core.snapshot.SnapshotInput}.
 */
@NullMarked
package io.quorate.core.snapshot;

import org.jspecify.annotations.NullMarked;

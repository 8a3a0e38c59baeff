// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What all parts of a replica stand on: who it is, what it asked of the bucket, the root that it
 * knows, and what is due later.
 *
 * <p>Starting points: {@link io.quorate.s3.protocol.store.RootReader}, {@link
 * io.quorate.s3.protocol.store.Requests}.
 */
@NullMarked
package io.quorate.s3.protocol.store;

import org.jspecify.annotations.NullMarked;

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a group keeps in its bucket: keys, and the bytes below them. Every object has an {@link
 * io.quorate.s3.layout.Envelope} that says what it is and where it belongs, so that a misplaced,
 * foreign or damaged object is told from data.
 *
 * <p>Starting points: {@link io.quorate.s3.layout.ObjectKeys}, {@link io.quorate.s3.layout.Root},
 * {@link io.quorate.s3.layout.StoredObject}. Pure: no IO.
 */
@NullMarked
package io.quorate.s3.layout;

import org.jspecify.annotations.NullMarked;

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * An object store in a local folder: for one machine, and for trying things out without a bucket.
 *
 * <p>Starting point: {@link io.quorate.s3.folder.FolderStore}.
 */
@NullMarked
package io.quorate.s3.folder;

import org.jspecify.annotations.NullMarked;

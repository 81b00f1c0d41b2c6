/** Of a file's content, or of its content as an object of Git. */
export interface FileHash {
  readonly algorithm: 'sha256' | 'git-sha1';
  readonly hex: string;
}

/** A file on the web whose bytes are known. */
export interface PinnedFile {
  readonly url: string;
  readonly size: number;
  readonly hash: FileHash;
  /** Where it is from, and on what terms. */
  readonly origin: string;
  readonly licence: string;
}

/** A checkpoint on the hub whose bytes are known. */
export interface PinnedCheckpoint {
  /** owner/name */
  readonly repository: string;
  /** Commit. */
  readonly revision: string;
  /** By path in the repository. */
  readonly files: Readonly<Record<string, FileHash>>;
}

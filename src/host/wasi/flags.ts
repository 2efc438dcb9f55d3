/** The flags and small enumerations of preview 1, under the names of its witx files. */

export const FILETYPE = {
  unknown: 0,
  blockDevice: 1,
  characterDevice: 2,
  directory: 3,
  regularFile: 4,
  socketDgram: 5,
  socketStream: 6,
  symbolicLink: 7,
} as const;
export type FileType = (typeof FILETYPE)[keyof typeof FILETYPE];

export const RIGHTS = {
  fdDatasync: 1n << 0n,
  fdRead: 1n << 1n,
  fdSeek: 1n << 2n,
  fdFdstatSetFlags: 1n << 3n,
  fdSync: 1n << 4n,
  fdTell: 1n << 5n,
  fdWrite: 1n << 6n,
  fdAdvise: 1n << 7n,
  fdAllocate: 1n << 8n,
  pathCreateDirectory: 1n << 9n,
  pathCreateFile: 1n << 10n,
  pathLinkSource: 1n << 11n,
  pathLinkTarget: 1n << 12n,
  pathOpen: 1n << 13n,
  fdReaddir: 1n << 14n,
  pathReadlink: 1n << 15n,
  pathRenameSource: 1n << 16n,
  pathRenameTarget: 1n << 17n,
  pathFilestatGet: 1n << 18n,
  pathFilestatSetSize: 1n << 19n,
  pathFilestatSetTimes: 1n << 20n,
  fdFilestatGet: 1n << 21n,
  fdFilestatSetSize: 1n << 22n,
  fdFilestatSetTimes: 1n << 23n,
  pathSymlink: 1n << 24n,
  pathRemoveDirectory: 1n << 25n,
  pathUnlinkFile: 1n << 26n,
  pollFdReadwrite: 1n << 27n,
  sockShutdown: 1n << 28n,
  sockAccept: 1n << 29n,
} as const;
export const ALL_RIGHTS = (1n << 30n) - 1n;

/** What can be done with an open file: everything but to use it as a folder or a socket. */
export const FILE_RIGHTS =
  RIGHTS.fdDatasync |
  RIGHTS.fdRead |
  RIGHTS.fdSeek |
  RIGHTS.fdFdstatSetFlags |
  RIGHTS.fdSync |
  RIGHTS.fdTell |
  RIGHTS.fdWrite |
  RIGHTS.fdAdvise |
  RIGHTS.fdAllocate |
  RIGHTS.fdFilestatGet |
  RIGHTS.fdFilestatSetSize |
  RIGHTS.fdFilestatSetTimes |
  RIGHTS.pollFdReadwrite;

/** What can be done with an open folder. Programs tell a folder by what it lacks: it cannot be sought in. */
export const FOLDER_RIGHTS =
  RIGHTS.fdDatasync |
  RIGHTS.fdFdstatSetFlags |
  RIGHTS.fdSync |
  RIGHTS.pathCreateDirectory |
  RIGHTS.pathCreateFile |
  RIGHTS.pathLinkSource |
  RIGHTS.pathLinkTarget |
  RIGHTS.pathOpen |
  RIGHTS.fdReaddir |
  RIGHTS.pathReadlink |
  RIGHTS.pathRenameSource |
  RIGHTS.pathRenameTarget |
  RIGHTS.pathFilestatGet |
  RIGHTS.pathFilestatSetSize |
  RIGHTS.pathFilestatSetTimes |
  RIGHTS.fdFilestatGet |
  RIGHTS.fdFilestatSetTimes |
  RIGHTS.pathSymlink |
  RIGHTS.pathRemoveDirectory |
  RIGHTS.pathUnlinkFile;

/** A terminal or pipe: no position, no size. */
export const STREAM_RIGHTS = RIGHTS.fdFdstatSetFlags | RIGHTS.fdFilestatGet | RIGHTS.pollFdReadwrite;

export const FDFLAGS = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;
export const OFLAGS = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const;
export const LOOKUP_SYMLINK_FOLLOW = 1;
export const FSTFLAGS = { atim: 1, atimNow: 2, mtim: 4, mtimNow: 8 } as const;
export const WHENCE = { set: 0, cur: 1, end: 2 } as const;
export const EVENTTYPE = { clock: 0, fdRead: 1, fdWrite: 2 } as const;
export const SUBSCRIPTION_CLOCK_ABSTIME = 1;
export const MAX_ADVICE = 5;

export const CLOCK = { realtime: 0, monotonic: 1, processCputime: 2, threadCputime: 3 } as const;
export type ClockId = (typeof CLOCK)[keyof typeof CLOCK];

/** The folders that a bundling is from and to; see the module. */
export interface ProgramFolders {
  readonly root: string;
  readonly library?: string;
  readonly dist: string;
}

export function bundlePrograms(folders: ProgramFolders): Promise<void>;

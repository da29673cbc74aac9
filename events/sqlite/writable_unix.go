//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// checkWritable refuses a file, or one that SQLite keeps beside it, that this
// user may not read and write. SQLite would open it all the same, and leave files
// beside it that nobody may write, even after the permissions were put right. To
// ask by opening would take away the locks of this process.
func checkWritable(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		const readAndWrite = 4 | 2
		if err := syscall.Access(name, readAndWrite); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("open the database %s: %s cannot be read and written; check the permissions and the owner: %w", path, name, err)
		}
	}
	return nil
}

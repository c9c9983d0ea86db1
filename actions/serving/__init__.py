"""What an HTTP process of this project needs beside its routes: body caps, the shared token, worker threads."""

/* version: of the code, as it is kept with every run. The build may set it (-DCODE_VERSION='"..."'). */
#ifndef PIPELINES_VERSION_H
#define PIPELINES_VERSION_H

#ifndef CODE_VERSION
#define CODE_VERSION "1.0"
#endif

#endif

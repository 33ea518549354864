# What `sam build` runs for each layer and door. The folder of the including Makefile names the runtime and the processor:
# SAM hands a makefile neither, but resolves the template's parameters in the path that leads to it.
target := $(notdir $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST)))))
package := $(dir $(lastword $(MAKEFILE_LIST)))package.py
python := $(firstword $(PACKAGING_PYTHON) $(shell command -v python3) python)

build-%Layer:
	@$(python) $(package) layer . "$(ARTIFACTS_DIR)" $(target)

build-%Function:
	@$(python) $(package) $* . "$(ARTIFACTS_DIR)" $(target)

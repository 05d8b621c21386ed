$(eval $(call unit_test,test-barcode,harness/tests/test-barcode.c harness/barcode.c))

import { controlPlanePrograms, kubelet, kwok } from './programs';

// Before jest starts, since its workers would each compile the programs.
controlPlanePrograms();
kwok();
kubelet();

import { controlPlanePrograms } from './programs';

// Before jest starts, since its workers would each compile the programs.
controlPlanePrograms();

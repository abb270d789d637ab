#!/usr/bin/env node
// Here before anything is built, so that package managers find it when they link the command.
import '../dist/main.js';

export declare function nodeFlags(worker: string): readonly string[];
export declare const NODE_ENVIRONMENT: Readonly<Record<string, string>>;

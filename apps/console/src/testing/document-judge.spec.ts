import { cameraOperations } from '../api/operations/camera-operations';
import { openApiDocument } from '../api/document';
import { DocumentJudge } from './document-judge';

const document = openApiDocument(cameraOperations);
const judge = new DocumentJudge(document);
const operation = document.paths['/api/cameras']?.['get'];
const camera = { id: 'cam_1', name: 'Entrada', enabled: true, state: 'recording' };
const faultOf = (status: number, body: unknown, type = 'application/json'): string | undefined =>
  operation && judge.faultOf(operation, 'GET', { status, type, text: JSON.stringify(body) });

describe('the judge of answers', () => {
  it('takes what the document says', () => {
    expect(faultOf(200, { cameras: [camera] })).toBeUndefined();
    expect(faultOf(401, { error: { code: 'unauthorized', message: 'x' } })).toBeUndefined();
  });

  it.each([
    ['a field that is not documented', 200, { cameras: [{ ...camera, url: 'rtsp://' }] }, 'application/json'],
    ['a field that is missing', 200, { cameras: [{ ...camera, state: undefined }] }, 'application/json'],
    ['a value of another kind', 200, { cameras: [{ ...camera, enabled: 'yes' }] }, 'application/json'],
    ['a status that is not documented', 418, {}, 'application/json'],
    ['another type', 200, { cameras: [] }, 'text/html'],
    ['a code of no list', 400, { error: { code: 'teapot', message: 'x' } }, 'application/json'],
  ])('refuses %s', (_, status, body, type) => {
    expect(faultOf(status, body, type)).toEqual(expect.any(String));
  });
});
